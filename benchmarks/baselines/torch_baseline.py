"""The workload in PyTorch: eager mode, its autograd, its SGD."""

import torch

from common import Job, Pace

torch.set_num_threads(1)
job = Job("float32")
workload = job.workload
x, y = torch.from_numpy(job.x), torch.from_numpy(job.y)

features, hidden, outputs = workload["features"], workload["hidden"], workload["outputs"]
modules = []
if job.filters:
    first, second = job.filters
    side = round(features**0.5)
    conv, relu, pool = torch.nn.Conv2d, torch.nn.ReLU, torch.nn.MaxPool2d
    modules += [torch.nn.Unflatten(1, (1, side, side)), conv(1, first, 5), relu(), pool(2)]
    modules += [conv(first, second, 5), relu(), pool(2), torch.nn.Flatten()]
    features = ((side - 4) // 2 - 4) // 2
    features = features * features * second
if hidden:
    modules += [torch.nn.Linear(features, hidden), torch.nn.Sigmoid()]
model = torch.nn.Sequential(*modules, torch.nn.Linear(hidden or features, outputs))


def as_torch(values):
    """Filters [height, width, in, out] become [out, in, height, width], weights [in, out] become [out, in]."""
    if values.ndim == 4:
        return values.transpose(3, 2, 0, 1)
    if job.filters and values.ndim == 2:
        channels = job.filters[1]
        # PyTorch flattens [channels, height, width].
        left = round((len(values) / channels) ** 0.5)
        values = values.reshape(left, left, channels, -1).transpose(2, 0, 1, 3).reshape(values.shape)
    return values.T if values.ndim == 2 else values


with torch.no_grad():
    for parameter, values in zip(model.parameters(), job.initial):
        parameter.copy_(torch.from_numpy(as_torch(values).copy()))

loss_of = torch.nn.CrossEntropyLoss() if outputs > 1 else torch.nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=workload["learningRate"])
pace = Pace(job.clock)
for rows in job.orders():
    inputs, targets = (x, y) if rows is None else (x[rows], y[rows])
    optimizer.zero_grad()
    loss = loss_of(model(inputs), targets)
    loss.backward()
    optimizer.step()
    pace.step_done(loss.item())
