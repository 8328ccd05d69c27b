"""What Python's programs make of an export, as lines of JSON.

`read.py READER FILE` prints the arrays in a file, `read.py onnxruntime FILE < rows` a list of probabilities for each row.
`read.py can READER` says whether the reader is installed here, and its version.
"""
import importlib
import json
import struct
import sys


def by_specification(path):
    """Safetensors as its specification tells it, for where the library is not installed."""
    import numpy as np
    data = open(path, 'rb').read()
    length, = struct.unpack('<Q', data[:8])
    header, data = json.loads(data[8:8 + length]), data[8 + length:]
    header.pop('__metadata__')
    types = {'F32': '<f4', 'F64': '<f8'}
    spans = sorted(entry['data_offsets'] for entry in header.values())
    assert [start for start, _ in spans] == [0] + [end for _, end in spans[:-1]] and spans[-1][1] == len(data)
    return {name: np.frombuffer(data[slice(*entry['data_offsets'])], types[entry['dtype']]).reshape(entry['shape'])
            for name, entry in header.items()}


def by_torch(path):
    """The same bytes, as PyTorch's tensors."""
    import torch
    return {name: torch.from_numpy(array.copy()) for name, array in by_specification(path).items()}


def by_numpy(path):
    import numpy as np
    return np.load(path)


def by_safetensors_numpy(path):
    from safetensors.numpy import load_file
    return load_file(path)


def by_safetensors_torch(path):
    from safetensors.torch import load_file
    return load_file(path)


arrays = {
    'numpy': (by_numpy, ['numpy']),
    'specification': (by_specification, ['numpy']),
    'torch': (by_torch, ['torch']),
    'safetensors-numpy': (by_safetensors_numpy, ['safetensors', 'numpy']),
    'safetensors-torch': (by_safetensors_torch, ['safetensors', 'torch']),
}
modules = {name: needed for name, (_, needed) in arrays.items()} | {
    'onnxruntime': ['onnxruntime'],
    'onnx-checker': ['onnx'],
}


def probabilities(path, rows):
    import numpy as np
    import onnxruntime
    session = onnxruntime.InferenceSession(path)
    given, = session.get_inputs()
    kind = {'tensor(float)': np.float32, 'tensor(double)': np.float64, 'tensor(int64)': np.int64}[given.type]
    return session.run(None, {given.name: np.array(rows, dtype=kind)})[0]


if __name__ == '__main__':
    command, *words = sys.argv[1:]
    if command == 'can':
        needed = [importlib.import_module(name) for name in modules[words[0]]]
        print(' '.join(f'{module.__name__} {module.__version__}' for module in needed))
    elif command == 'onnx-checker':
        import onnx
        onnx.checker.check_model(onnx.load(words[0]), full_check=True)
    elif command == 'onnxruntime':
        rows = [json.loads(line) for line in sys.stdin]
        for row in probabilities(*words, rows):
            print(json.dumps(row.reshape(-1).tolist()))
    else:
        read, _ = arrays[command]
        found = read(*words)
        print(json.dumps({name: {'shape': list(found[name].shape), 'values': found[name].reshape(-1).tolist()} for name in found}))
