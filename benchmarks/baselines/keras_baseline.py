"""The workload in Keras: Sequential, compile, and one of two ways to train.

batch: `train_on_batch`. steps: `fit` with `steps_per_execution`, a hundred steps in one call of TensorFlow. Plain `fit`
is slower: what it does for each epoch dominates where an epoch is one step.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
way = sys.argv[1]
if way == "steps":
    os.environ["KERAS_BACKEND"] = "tensorflow"

import keras

from common import Job, Pace

if keras.backend.backend() == "tensorflow":
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)

job = Job("float32")
workload = job.workload
features, hidden, outputs = workload["features"], workload["hidden"], workload["outputs"]
is_full = workload["batchSize"] == "full"
size = workload["rows"] if is_full else workload["batchSize"]
steps_at_once = 100 if way == "steps" else 1

model = keras.Sequential([keras.Input((features,))])
if job.filters:
    side = round(features**0.5)
    model.add(keras.layers.Reshape((side, side, 1)))
    for count in job.filters:
        model.add(keras.layers.Conv2D(count, 5, activation="relu"))
        model.add(keras.layers.MaxPooling2D(2))
    model.add(keras.layers.Flatten())
if hidden:
    model.add(keras.layers.Dense(hidden, activation="sigmoid"))
model.add(keras.layers.Dense(outputs, activation="sigmoid" if outputs == 1 else "softmax"))
model.compile(
    optimizer=keras.optimizers.SGD(workload["learningRate"]),
    loss="binary_crossentropy" if outputs == 1 else "categorical_crossentropy",
    steps_per_execution=steps_at_once,
)
model.set_weights(job.initial)
pace = Pace(job.clock)


class Steps(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pace.step_done(logs["loss"], steps_at_once)


if way == "steps":
    # Epochs of 600 steps; a full batch is repeated as often.
    data = tensorflow.data.Dataset.from_tensor_slices((job.x, job.y))
    data = data.batch(size).cache() if is_full else data.shuffle(workload["rows"]).batch(size)
    model.fit(data.repeat(), steps_per_epoch=600, epochs=10**9, verbose=0, callbacks=[Steps()])
for order in job.orders():
    x, y = (job.x, job.y) if order is None else (job.x[order], job.y[order])
    pace.step_done(model.train_on_batch(x, y))
