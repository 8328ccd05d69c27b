"""The training job in NumPy, gradients by hand, as the documents' own programs do it."""

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
pace = Pace(f"NumPy {np.__version__}", dtype)
for rows in job.orders():
    loss = step(job.x, job.y) if rows is None else step(job.x[rows], job.y[rows])
    if job.validation:
        held_back, targets = job.validation
        loss_of(forward(held_back)[1], targets)
    pace.step_done(loss)
