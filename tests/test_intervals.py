"""Intervals of numbers of articles and of tone: against textbooks, and by how often they hold the truth."""

import numpy as np
import pytest

from newslab.intervals import balance_of_corpus, balance_of_sample, of_corpus, of_sample
from newslab.sentiment import bootstrap_mean


@pytest.mark.parametrize(
    ("x", "n", "expected"), [(0, 10, (0, 0.2172)), (5, 10, (0.2235, 0.7765)), (10, 10, (1 - 0.2172, 1))]
)
def test_of_zeros_and_ones_it_is_that_of_jeffreys(x, n, expected):
    # Brown, Cai and DasGupta (2001): equal tails of Beta(x + 1/2, n - x + 1/2), but 0 and 1 at the ends
    assert np.divide(of_sample(x, x, n), n) == pytest.approx(expected, abs=1e-4)
    low, high = balance_of_sample(np.ones(n), np.zeros(n))  # n articles that all criticize
    assert (low.item(), high.item()) == pytest.approx((-1, 2 * np.divide(of_sample(0, 0, n), n)[1] - 1))


def test_of_no_article_there_is_none():
    assert np.isnan(of_sample(0, 0, 0)).all()
    assert [len(x) for x in balance_of_sample(np.empty(0), np.empty(0))] == [0, 0]


@pytest.mark.parametrize("p", [[0.84], [0.9] * 3, [1.0] * 4, [0.001], [0.3, 1.0]])
def test_it_holds_the_estimate_and_has_a_width_however_few_the_articles(p):
    p = np.array(p)
    low, high = of_sample(p.sum(), (p**2).sum(), len(p))
    assert 0 <= low <= p.sum() <= high <= len(p) and high - low > 0.2


def readings(rng, trials, n, expected):
    """Probabilities that articles show something, in so many corpora; most show nothing."""
    return np.where(rng.random((trials, n)) < 3 * expected / n, rng.beta(0.6, 1.2, (trials, n)), 0.0)


@pytest.mark.parametrize("expected", [0.5, 1, 2, 4, 8, 30])
def test_95_percent_intervals_hold_the_expected_number_also_where_it_is_small(expected):
    """Of an edge that shows itself: one that does not is in no table, and a bootstrap holds it 80 times of 100."""
    p = readings(np.random.default_rng(5), 4000, 200, expected)
    p = p[p.any(axis=1)]
    low, high = of_sample(p.sum(axis=1), (p**2).sum(axis=1), 200)
    assert 0.93 <= ((low <= expected) & (expected <= high)).mean() <= 0.985


@pytest.mark.parametrize("expected", [2, 4, 20])
def test_95_percent_intervals_hold_the_balance(expected):
    rng = np.random.default_rng(6)
    p = readings(rng, 3000, 200, expected)
    p = p[p.any(axis=1)]
    backs = rng.random(p.shape) < 0.1
    group, article = np.nonzero(p)
    support = np.where(backs, p, 0)[group, article]
    low, high = balance_of_sample(p[group, article] - support, support, groups=group)
    assert 0.94 <= ((low <= -0.8) & (-0.8 <= high)).mean() <= 0.995


@pytest.mark.parametrize("most", [1, 3])
def test_articles_may_add_more_than_one(most):
    low, high = of_sample(most * 30, most**2 * 30, 100, most=most)
    assert (low, high) == pytest.approx((most * 21.6, most * 39.4), rel=0.03)


def test_of_these_articles_it_is_the_poisson_binomial():
    assert of_corpus(np.array([])) == (0, 0)
    assert of_corpus(np.array([1.0, 1.0])) == (2, 2)
    assert of_corpus(np.array([0.5])) == (0, 1)
    p = np.random.default_rng(0).random(40)
    draws = (np.random.default_rng(1).random((100_000, 40)) < p).sum(axis=1)
    for confidence in (0.8, 0.95):
        low, high = of_corpus(p, confidence)
        assert confidence <= ((draws >= low) & (draws <= high)).mean() <= confidence + 0.1
    assert of_corpus(np.full(400, 0.3)) == pytest.approx(of_corpus(np.full(401, 0.3)), abs=1.5)


def test_of_these_articles_the_balance_is_that_of_all_readings_by_their_chance():
    assert np.isnan(balance_of_corpus(np.array([0.5, 1]), np.zeros(2))).all()
    assert balance_of_corpus(np.array([1.0, 0]), np.array([0, 1.0]), times=np.array([3, 1])) == (-0.5, -0.5)
    assert balance_of_corpus(np.array([1.0, 1, 1, 0]), np.array([0, 0, 0, 0.5])) == (-1, -0.5)
    assert np.isnan(balance_of_corpus(np.full(1000, 1e-9), np.full(1000, 1e-9))).all()  # as good as never
    many = balance_of_corpus(np.full(60_000, 0.5), np.full(60_000, 0.5))  # both numbers have a deviation of 122
    assert many == pytest.approx([-0.0057, 0.0057], abs=1e-4)
    rng = np.random.default_rng(3)
    for n in (30, 600):  # of the latter by the normal approximation
        p, times = rng.beta(0.6, 1.2, (n, 2)), rng.integers(1, 4, n)
        sums = np.stack([times @ (rng.random(p.shape) < p) for _ in range(20_000)])
        drawn = np.quantile((sums[:, 1] - sums[:, 0]) / sums.sum(axis=1), [0.1, 0.9])
        assert balance_of_corpus(*p.T, 0.8, times=times) == pytest.approx(drawn, abs=0.02)


@pytest.mark.parametrize("n", [2, 4, 8])
def test_95_percent_intervals_of_tone_hold_the_mean_also_of_few_quotations(n):
    """Half of all quotations have no tone at all; resampling two or three of those alone has no width."""
    rng = np.random.default_rng(7)
    said = np.where(rng.random(5000) < 0.5, 0, rng.normal(0.1, 0.3, 5000).clip(-1, 1))
    held = []
    for _ in range(300):
        low, high = bootstrap_mean(rng.choice(said, n), said.std(), rng, n_boot=200, confidence=0.95)
        held.append(-1 <= low <= said.mean() <= high <= 1)
    assert np.mean(held) >= 0.91
    assert bootstrap_mean(np.zeros(3), said.std(), rng, n_boot=200, confidence=0.95)[1] > 0.1


@pytest.mark.parametrize("values", [[0.2, 0.2], [0.1, 0.4], [0.0, 0.0, 0.0], [0.3, 0.3, 0.3, 0.3], [0, 0.1, 0.5, 0.5]])
def test_no_interval_of_the_tone_of_few_quotations_hangs_on_the_seed(values):
    told = [
        bootstrap_mean(np.array(values), 0.3, np.random.default_rng(seed), n_boot=100, confidence=0.95)
        for seed in range(20)
    ]
    assert len(set(told)) == 1
    (low, high), mean = told[0], np.mean(values)
    assert mean - low == pytest.approx(high - mean, abs=1e-9 if len(set(values)) < 3 else 0.1)
