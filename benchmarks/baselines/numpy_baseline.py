"""The workload in NumPy, with gradients by hand."""

import sys

import numpy as np

from common import Job, Pace


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


dtype = sys.argv[1]
job = Job(dtype)
workload = job.workload
rate, l2 = workload["learningRate"], workload["l2"]
is_mean = workload["loss"] == "mean"


def convolve(x, filters, bias):
    """Columns of all windows by the filters (im2col), ReLU, 2×2 max-pooling; and what the gradients need."""
    size, _, channels, outputs = filters.shape
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    batch, height, width = windows.shape[:3]
    columns = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, size * size * channels)
    sums = columns @ filters.reshape(-1, outputs) + bias
    pools = sums.reshape(batch, height // 2, 2, width // 2, 2, outputs).transpose(0, 1, 3, 5, 2, 4)
    pools = pools.reshape(*pools.shape[:4], 4)
    max_indices = pools.argmax(axis=4)
    pooled = np.maximum(np.take_along_axis(pools, max_indices[..., None], axis=4)[..., 0], 0)
    return pooled, (x.shape, columns, max_indices, pooled)


def convolve_back(d_pooled, filters, cache, with_input=True):
    """Gradients with respect to filters, bias and input."""
    shape, columns, max_indices, pooled = cache
    size, _, channels, outputs = filters.shape
    batch, rows, width = pooled.shape[:3]
    d_pools = np.zeros((*pooled.shape, 4), pooled.dtype)
    np.put_along_axis(d_pools, max_indices[..., None], (d_pooled * (pooled > 0))[..., None], axis=4)
    d_sums = d_pools.reshape(batch, rows, width, outputs, 2, 2).transpose(0, 1, 4, 2, 5, 3)
    d_sums = d_sums.reshape(-1, outputs)
    d_filters = (columns.T @ d_sums).reshape(filters.shape)
    d_x = None
    if with_input:
        d_columns = (d_sums @ filters.reshape(-1, outputs).T).reshape(batch, 2 * rows, 2 * width, size, size, channels)
        d_x = np.zeros(shape, pooled.dtype)
        for ky in range(size):
            for kx in range(size):
                d_x[:, ky : ky + 2 * rows, kx : kx + 2 * width] += d_columns[:, :, :, ky, kx]
    return d_filters, d_sums.sum(axis=0), d_x


def convolutional_step(x, y):
    first_filters, first_bias, second_filters, second_bias, weights, bias = job.initial
    side = round(x.shape[1] ** 0.5)
    first, first_cache = convolve(x.reshape(-1, side, side, 1), first_filters, first_bias)
    second, second_cache = convolve(first, second_filters, second_bias)
    flat = second.reshape(len(x), -1)
    probabilities = softmax(flat @ weights + bias)
    d_logits = (probabilities - y) / len(y)
    d_second = (d_logits @ weights.T).reshape(second.shape)
    d_filters2, d_bias2, d_first = convolve_back(d_second, second_filters, second_cache)
    d_filters1, d_bias1, _ = convolve_back(d_first, first_filters, first_cache, with_input=False)
    gradients = [d_filters1, d_bias1, d_filters2, d_bias2, flat.T @ d_logits, d_logits.sum(axis=0)]
    for parameter, gradient in zip(job.initial, gradients):
        parameter -= rate * gradient
    return loss_of(probabilities, y)


def forward(x):
    """Hidden units (or x itself) and probabilities."""
    if workload["hidden"] == 0:
        weights, bias = job.initial
        hidden = x
    else:
        hidden_weights, hidden_bias, weights, bias = job.initial
        hidden = sigmoid(x @ hidden_weights + hidden_bias)
    z = hidden @ weights + bias
    return hidden, sigmoid(z) if workload["outputs"] == 1 else softmax(z)


def loss_of(probabilities, y):
    if workload["outputs"] > 1:
        return -np.sum(y * np.log(probabilities)) / len(y)
    loss = -np.sum(y * np.log(probabilities) + (1 - y) * np.log(1 - probabilities))
    loss = loss / len(y) if is_mean else loss / 2
    if l2 > 0:
        loss += l2 / 2 / len(y) * sum(np.sum(w * w) for w in job.initial if w.ndim == 2)
    return loss


def step(x, y):
    hidden, probabilities = forward(x)
    loss = loss_of(probabilities, y)
    d_logits = (probabilities - y) / len(y) if is_mean else (probabilities - y) / 2
    gradients = [hidden.T @ d_logits, d_logits.sum(axis=0)]
    if workload["hidden"] > 0:
        d_hidden = (d_logits @ job.initial[2].T) * hidden * (1 - hidden)
        gradients = [x.T @ d_hidden, d_hidden.sum(axis=0)] + gradients
    for parameter, gradient in zip(job.initial, gradients):
        if l2 > 0 and parameter.ndim == 2:
            gradient = gradient + l2 / len(y) * parameter
        parameter -= rate * gradient
    return loss


np.seterr(all="ignore")
if job.filters:
    step = convolutional_step
pace = Pace(f"NumPy {np.__version__}")
for rows in job.orders():
    loss = step(job.x, job.y) if rows is None else step(job.x[rows], job.y[rows])
    if job.validation:
        inputs, targets = job.validation
        loss_of(forward(inputs)[1], targets)
    pace.step_done(loss)
