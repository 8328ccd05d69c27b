"""Workloads of tokens in PyTorch: its LSTM, GRU and attention, its autograd, its AdamW. `torch_tokens.py [float64]`"""

import sys

import torch
from torch.nn import functional as F

from common import Job, Pace

torch.set_num_threads(1)
dtype = sys.argv[1] if len(sys.argv) > 1 else "float32"
torch.set_default_dtype(getattr(torch, dtype))
job = Job(dtype)
workload, recipe = job.workload, job.workload["tokens"]["recipe"]
options = workload["options"]
p = {name: torch.nn.Parameter(torch.from_numpy(values)) for name, values in job.parameters.items()}


def gpt():
    heads, is_rms = options["heads"], options["norm"] == "rms"
    activate = F.relu if options["activation"] == "relu" else lambda x: F.gelu(x, approximate="tanh")

    def norm(name, x):
        if is_rms:
            return F.rms_norm(x, x.shape[-1:], eps=1e-5)
        return F.layer_norm(x, x.shape[-1:], p[f"{name}Gain"], p[f"{name}Bias"], eps=1e-5)

    def forward(tokens):
        rows, steps = tokens.shape
        x = F.embedding(tokens, p["tokenEmbedding"]) + p["positionEmbedding"][:steps]
        if is_rms:
            x = norm("", x)
        for l in range(1, options["layers"] + 1):
            a = norm(f"attentionNorm{l}", x)
            q, k, v = (
                F.linear(a, p[f"{name}{l}"]).view(rows, steps, heads, -1).transpose(1, 2)
                for name in ("query", "key", "value")
            )
            o = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(x.shape)
            x = x + F.linear(o, p[f"attentionOutput{l}"])
            h = activate(F.linear(norm(f"hiddenNorm{l}", x), p[f"hidden{l}"]))
            x = x + F.linear(h, p[f"projection{l}"])
        return F.linear(x if is_rms else norm("lastNorm", x), p["outputWeights"])

    return forward, list(p.values())


def recurrent(module):
    layer = module(options["embedding"], options["hidden"], batch_first=True)
    is_gru = module is torch.nn.GRU
    with torch.no_grad():
        layer.weight_ih_l0.copy_(p["inputWeights"].T)
        layer.weight_hh_l0.copy_(p["hiddenWeights"].T)
        layer.bias_ih_l0.copy_(p["inputBias" if is_gru else "bias"])
        layer.bias_hh_l0.copy_(p["hiddenBias"] if is_gru else torch.zeros_like(layer.bias_hh_l0))
    # Of two biases that are only added, the zoo's LSTM has one.
    layer.bias_hh_l0.requires_grad = is_gru

    def forward(tokens):
        h, _ = layer(F.embedding(tokens, p["embedding"]))
        return h @ p["outputWeights"] + p["outputBias"]

    trained = [each for each in layer.parameters() if each.requires_grad]
    return forward, [p["embedding"], *trained, p["outputWeights"], p["outputBias"]]


model, parameters = {
    "gpt": gpt,
    "lstm": lambda: recurrent(torch.nn.LSTM),
    "gru": lambda: recurrent(torch.nn.GRU),
}[workload["model"]]()
groups = [
    {"params": [each for each in parameters if each.ndim > 1], "weight_decay": recipe.get("weightDecay", 0)},
    {"params": [each for each in parameters if each.ndim == 1], "weight_decay": 0},
]
optimizer = torch.optim.AdamW(
    [group for group in groups if group["params"]],
    lr=workload["learningRate"],
    betas=(recipe.get("beta1", 0.9), recipe.get("beta2", 0.999)),
    eps=recipe["epsilon"],
    fused=True,
)
x, y = torch.from_numpy(job.x), torch.from_numpy(job.y)
pace = Pace(job.clock)
for rows in job.orders():
    # As many columns as the longest sequence has targets.
    steps = int((job.y[rows] >= 0).sum(axis=1).max())
    rows = torch.from_numpy(rows)
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x[rows, :steps]).flatten(0, 1), y[rows, :steps].flatten(), ignore_index=-1)
    loss.backward()
    if recipe.get("clipNorm"):
        torch.nn.utils.clip_grad_norm_(parameters, recipe["clipNorm"])
    optimizer.step()
    pace.step_done(loss.item())
