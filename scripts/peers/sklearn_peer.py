"""scikit-learn's multilayer perceptrons on its own tables: the other side of scripts/scikit-learn.ts.

Writes iris.csv, wine.csv, breast-cancer.csv and diabetes.csv into the directory that is named, classes by their numbers,
and prints one line of JSON: for each of them the scores on the test rows, a number for each seed.
"""

import json
import sys
import warnings

import sklearn
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# All epochs are asked for; that the loss still falls at the end is no news.
warnings.simplefilter("ignore", ConvergenceWarning)

directory = sys.argv[1]
given = json.loads(sys.argv[2])

tables = {
    "iris": load_iris(as_frame=True).frame,
    "wine": load_wine(as_frame=True).frame,
    "breast-cancer": load_breast_cancer(as_frame=True).frame,
    "diabetes": load_diabetes(as_frame=True, scaled=False).frame,
}


def score(name, frame, seed):
    x, y = frame.drop(columns="target"), frame["target"]
    is_number = name == "diabetes"
    x_train, x_test, y_train, y_test = train_test_split(
        x, y, test_size=given["testShare"], random_state=seed, stratify=None if is_number else y
    )
    settings = dict(
        hidden_layer_sizes=given["hidden"],
        activation="relu",
        solver="adam",
        alpha=given["l2"],
        batch_size=given["batchSize"],
        learning_rate_init=given["learningRate"],
        max_iter=given["epochs"],
        n_iter_no_change=given["epochs"],
        random_state=seed,
    )
    network = (
        TransformedTargetRegressor(MLPRegressor(**settings), transformer=StandardScaler())
        if is_number
        else MLPClassifier(**settings)
    )
    return make_pipeline(StandardScaler(), network).fit(x_train, y_train).score(x_test, y_test)


scores = {}
for name, frame in tables.items():
    frame.to_csv(f"{directory}/{name}.csv", index=False)
    scores[name] = [score(name, frame, seed) for seed in given["seeds"]]
print(json.dumps({"version": sklearn.__version__, "scores": scores}))
