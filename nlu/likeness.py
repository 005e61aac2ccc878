"""Questions put together by likeness, for the people who extend the catalogue. Pure."""

from collections import defaultdict

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from nlu.encoder import Vector

ALIKE_WITHIN = 0.5
"""Mean distance (1 less the cosine) within which questions are one group.

Chosen on 27 questions of known topics: from 0.55 on, deferral of 医保 and of 公积金 fall together.
"""


def groups(rows: Vector, centre: Vector) -> list[list[int]]:
    """Places of the rows that belong together, the largest group first, each in the order given.

    Args:
        rows: a sentence vector for each question.
        centre: the mean vector of texts of our subject; without it all vectors of this encoder look alike.
    """
    if len(rows) < 2:
        return [[place] for place in range(len(rows))]
    off = rows - centre
    off = off / np.maximum(np.linalg.norm(off, axis=1, keepdims=True), 1e-9)
    clustering = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=ALIKE_WITHIN
    )
    distances = np.clip(1 - off @ off.T, 0, 2)
    found: dict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(clustering.fit_predict(distances)):
        found[number].append(place)
    return sorted(found.values(), key=lambda places: (-len(places), places[0]))
