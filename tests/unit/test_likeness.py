"""Questions put together by the direction of their vectors, seen from the centre of the subject."""

import numpy as np

from nlu import likeness
from nlu.encoder import Vector

CENTRE = np.array([10, 10], dtype=np.float32)


def rows(*offsets: tuple[float, float]) -> Vector:
    return np.array([[10 + x, 10 + y] for x, y in offsets], dtype=np.float32)


def test_like_directions_are_one_group_the_largest_first() -> None:
    found = likeness.groups(rows((0, 1), (1, 0), (1, 0.1), (2, 0.1)), CENTRE)
    assert found == [[1, 2, 3], [0]]


def test_without_the_centre_all_would_look_alike() -> None:
    asked = rows((0, 1), (1, 0))
    assert len(likeness.groups(asked, CENTRE)) == 2
    assert len(likeness.groups(asked, np.zeros(2, dtype=np.float32))) == 1


def test_groups_of_the_same_size_stand_in_the_order_asked() -> None:
    assert likeness.groups(rows((-1, 0), (0, 1), (1, 0)), CENTRE) == [[0], [1], [2]]


def test_one_question_is_a_group_and_none_is_none() -> None:
    assert likeness.groups(rows((0, 1)), CENTRE) == [[0]]
    assert likeness.groups(np.zeros((0, 2), dtype=np.float32), CENTRE) == []


def test_a_question_in_the_very_centre_stands_alone() -> None:
    assert likeness.groups(rows((0, 0), (1, 0), (1, 0)), CENTRE) == [[1, 2], [0]]


def test_the_rows_given_are_not_changed() -> None:
    asked = rows((0, 1), (1, 0))
    kept = asked.copy()
    likeness.groups(asked, CENTRE)
    assert np.array_equal(asked, kept)
