"""The workload in NumPy, with gradients by hand; dense layers only."""

import sys

import numpy as np

from common import Job, Pace


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


job = Job(sys.argv[1])
rate = job.workload["learningRate"]
has_hidden = job.workload["hidden"] > 0
has_classes = job.workload["outputs"] > 1


def step(x, y):
    weights, bias = job.initial[-2:]
    hidden = x
    if has_hidden:
        hidden_weights, hidden_bias = job.initial[:2]
        hidden = sigmoid(x @ hidden_weights + hidden_bias)
    z = hidden @ weights + bias
    probabilities = softmax(z) if has_classes else sigmoid(z)
    if has_classes:
        loss = -np.sum(y * np.log(probabilities)) / len(y)
    else:
        loss = -np.sum(y * np.log(probabilities) + (1 - y) * np.log(1 - probabilities)) / len(y)
    d_logits = (probabilities - y) / len(y)
    gradients = [hidden.T @ d_logits, d_logits.sum(axis=0)]
    if has_hidden:
        d_hidden = (d_logits @ weights.T) * hidden * (1 - hidden)
        gradients = [x.T @ d_hidden, d_hidden.sum(axis=0)] + gradients
    for parameter, gradient in zip(job.initial, gradients):
        parameter -= rate * gradient
    return loss


np.seterr(all="ignore")
pace = Pace(job.clock)
for rows in job.orders():
    pace.step_done(step(job.x, job.y) if rows is None else step(job.x[rows], job.y[rows]))
