"""microgpt in NumPy, one sequence a step, with gradients by hand: a gpt of one layer with RMSNorm and ReLU, and Adam."""

import numpy as np

from common import Job, Pace

job = Job("float64")
P, recipe, rate = job.parameters, job.workload["tokens"]["recipe"], job.workload["learningRate"]
H = job.workload["options"]["heads"]
E = job.workload["options"]["width"]
D = E // H
beta1, beta2, epsilon = recipe["beta1"], recipe["beta2"], recipe["epsilon"]


def norm(x):
    scale = ((x * x).mean(-1, keepdims=True) + 1e-5) ** -0.5
    return x * scale, scale


def norm_gradient(dy, y, scale):
    return scale * (dy - y * (dy * y).mean(-1, keepdims=True))


def split(z):
    return z.reshape(len(z), H, D).transpose(1, 0, 2)


def join(z):
    return z.transpose(1, 0, 2).reshape(z.shape[1], E)


def softmax(z):
    exponentials = np.exp(z - z.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)


def gradients(tokens, targets):
    n = len(tokens)
    x1, s0 = norm(P["tokenEmbedding"][tokens] + P["positionEmbedding"][:n])
    a, s1 = norm(x1)
    q, k, v = (split(a @ P[name].T) for name in ("query1", "key1", "value1"))
    scores = np.where(np.tril(np.ones((n, n), bool)), q @ k.transpose(0, 2, 1) / D**0.5, -np.inf)
    A = softmax(scores)
    o = join(A @ v)
    x2 = o @ P["attentionOutput1"].T + x1
    b, s2 = norm(x2)
    f = b @ P["hidden1"].T
    h = np.maximum(f, 0)
    x3 = h @ P["projection1"].T + x2
    p = softmax(x3 @ P["outputWeights"].T)
    loss = -np.log(p[np.arange(n), targets]).mean()

    G = {}
    p[np.arange(n), targets] -= 1
    dz = p / n
    G["outputWeights"] = dz.T @ x3
    d3 = dz @ P["outputWeights"]
    G["projection1"] = d3.T @ h
    df = (d3 @ P["projection1"]) * (f > 0)
    G["hidden1"] = df.T @ b
    d2 = d3 + norm_gradient(df @ P["hidden1"], b, s2)
    G["attentionOutput1"] = d2.T @ o
    dO = split(d2 @ P["attentionOutput1"])
    dA = dO @ v.transpose(0, 2, 1)
    dS = A * (dA - (dA * A).sum(-1, keepdims=True)) / D**0.5
    dq, dk, dv = join(dS @ k), join(dS.transpose(0, 2, 1) @ q), join(A.transpose(0, 2, 1) @ dO)
    for name, d in (("query1", dq), ("key1", dk), ("value1", dv)):
        G[name] = d.T @ a
    d1 = d2 + norm_gradient(dq @ P["query1"] + dk @ P["key1"] + dv @ P["value1"], a, s1)
    d0 = norm_gradient(d1, x1, s0)
    G["tokenEmbedding"] = np.zeros_like(P["tokenEmbedding"])
    np.add.at(G["tokenEmbedding"], tokens, d0)
    G["positionEmbedding"] = np.zeros_like(P["positionEmbedding"])
    G["positionEmbedding"][:n] = d0
    return loss, G


m, v = ({name: np.zeros_like(p) for name, p in P.items()} for _ in range(2))
pace = Pace(job.clock)
for step, rows in enumerate(job.orders(), 1):
    n = int((job.y[rows[0]] >= 0).sum())
    loss, G = gradients(job.x[rows[0], :n], job.y[rows[0], :n])
    for name, g in G.items():
        m[name] = beta1 * m[name] + (1 - beta1) * g
        v[name] = beta2 * v[name] + (1 - beta2) * g * g
        root = np.sqrt(v[name] / (1 - beta2**step)) + epsilon
        P[name] = P[name] - rate * (m[name] / (1 - beta1**step)) / root
    pace.step_done(loss)
