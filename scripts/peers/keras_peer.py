"""The training job in Keras: Sequential, compile, fit."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from common import Job, Pace

if keras.backend.backend() == "tensorflow":
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)

job = Job("float32")
workload = job.workload
features, hidden, outputs = workload["features"], workload["hidden"], workload["outputs"]
rows, l2 = workload["rows"], workload["l2"]


def dense(units, activation):
    penalty = keras.regularizers.L2(l2 / 2 / rows) if l2 > 0 else None
    return keras.layers.Dense(units, activation=activation, kernel_regularizer=penalty)


model = keras.Sequential([keras.Input((features,))])
if job.filters:
    side = round(features**0.5)
    model.add(keras.layers.Reshape((side, side, 1)))
    for count in job.filters:
        model.add(keras.layers.Conv2D(count, 5, activation="relu"))
        model.add(keras.layers.MaxPooling2D(2))
    model.add(keras.layers.Flatten())
if hidden:
    model.add(dense(hidden, "sigmoid"))
model.add(dense(outputs, "sigmoid" if outputs == 1 else "softmax"))
# Half the sum is the mean times rows/2; Keras has no such loss, and a step costs the same.
scale = 1 if workload["loss"] == "mean" else rows / 2
model.compile(
    optimizer=keras.optimizers.SGD(float(workload["learningRate"] * scale)),
    loss="binary_crossentropy" if outputs == 1 else "categorical_crossentropy",
)
model.set_weights(job.initial)

is_full = workload["batchSize"] == "full"
pace = Pace(f"Keras {keras.__version__} on {keras.backend.backend()}", "float32")


class Steps(keras.callbacks.Callback):
    """An epoch of one step ends with its validation."""

    def on_train_batch_end(self, batch, logs=None):
        if not is_full:
            pace.step_done(logs["loss"] * scale)

    def on_epoch_end(self, epoch, logs=None):
        if is_full:
            pace.step_done(logs["loss"] * scale)


model.fit(
    job.x,
    job.y,
    batch_size=rows if is_full else workload["batchSize"],
    epochs=10**9,
    shuffle=not is_full,
    validation_data=job.validation,
    verbose=0,
    callbacks=[Steps()],
)
