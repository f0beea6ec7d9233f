"""What is uncertain: prior distributions of parameters, or a posterior table of joint draws.

Each parameter's draw has its own named random numbers, so that adding a parameter to a space leaves the draws of
the others as they were, and replicate r has the same draws in every scenario.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.luck import portable, streams
from sim.parameters import Schema
from sim.values import is_number

#: Distribution name to the arguments that it takes, in order.
DISTRIBUTIONS = {
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "bernoulli": ("p",),
}


@dataclass(frozen=True)
class Prior:
    """Distribution of one uncertain parameter.

    Attributes
    ----------
    dist
        ``uniform``, ``loguniform``, ``triangular`` or ``bernoulli`` (for switches).
    args
        Arguments in the order of ``DISTRIBUTIONS[dist]``.
    within
        Low and high between which the value is known to lie; None: anywhere the distribution allows.
    """

    dist: str
    args: tuple[float, ...]
    within: tuple[float, float] | None = None

    @staticmethod
    def from_mapping(spec: object) -> Prior:
        """Read ``{dist: uniform, low: 0, high: 1}``, with or without ``within: [0.2, 0.5]``.

        Raises
        ------
        ValueError
            Says what is allowed.
        """
        dist = spec.get("dist") if isinstance(spec, Mapping) else None
        if not isinstance(spec, Mapping) or not isinstance(dist, str) or dist not in DISTRIBUTIONS:
            raise ValueError("a mapping with dist: " + ", ".join(DISTRIBUTIONS))
        names = DISTRIBUTIONS[dist]
        values = {key: value for key, value in spec.items() if key not in ("dist", "within")}
        numbers = [values.get(name) for name in names]
        if set(values) != set(names) or not all(is_number(number) for number in numbers):
            raise ValueError(f"{dist} with numbers for {', '.join(names)}")
        prior = Prior(dist, tuple(float(number) for number in numbers))  # type: ignore[arg-type]
        prior._check()
        return prior if spec.get("within") is None else prior.between(spec["within"])

    def between(self, within: object) -> Prior:
        """The distribution among the values between two ends; raises ValueError if there are none."""
        low, high = self.support
        ends = list(within) if isinstance(within, Sequence) else []
        wrong = self.dist == "bernoulli" or len(ends) != 2 or not all(is_number(end) for end in ends)
        if wrong or not low <= ends[0] < ends[1] <= high:
            raise ValueError(
                f"within: two rising numbers from {low:g} to {high:g}, for a distribution of numbers"
            )
        return Prior(self.dist, self.args, (float(ends[0]), float(ends[1])))

    def _check(self) -> None:
        if self.dist == "bernoulli":
            if not 0 <= self.args[0] <= 1:
                raise ValueError("bernoulli with p from 0 to 1")
        elif list(self.args) != sorted(self.args) or self.args[0] == self.args[-1]:
            raise ValueError(f"{self.dist} with numbers in rising order")
        if self.dist == "loguniform" and self.args[0] <= 0:
            raise ValueError("loguniform with low above 0")

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value that it can give."""
        if self.within is not None:
            return self.within
        return (0.0, 1.0) if self.dist == "bernoulli" else (self.args[0], self.args[-1])

    def to_mapping(self) -> dict:
        """The form that :meth:`from_mapping` reads."""
        made = {"dist": self.dist, **dict(zip(DISTRIBUTIONS[self.dist], self.args, strict=True))}
        return made if self.within is None else {**made, "within": list(self.within)}

    def share_below(self, value: float) -> float:
        """Distribution function of the whole distribution, ``within`` aside."""
        if self.dist == "uniform":
            low, high = self.args
            return (value - low) / (high - low)
        if self.dist == "loguniform":
            low, high = portable.log(self.args[0]), portable.log(self.args[1])
            return (portable.log(value) - low) / (high - low)
        low, mode, high = self.args
        if value < mode:
            return (value - low) ** 2 / ((high - low) * (mode - low))
        return 1.0 - (high - value) ** 2 / ((high - low) * (high - mode)) if high > mode else 1.0

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """Inverse distribution function at ``u`` (any shape, between 0 and 1)."""
        if self.within is not None:
            first, last = (self.share_below(end) for end in self.within)
            return np.clip(Prior(self.dist, self.args).quantile(first + u * (last - first)), *self.within)
        if self.dist == "bernoulli":
            return (u < self.args[0]).astype(float)
        if self.dist == "uniform":
            low, high = self.args
            return low + (high - low) * u
        if self.dist == "loguniform":
            low, high = portable.log(self.args[0]), portable.log(self.args[1])
            return np.clip(portable.exp_each(low + (high - low) * u), self.args[0], self.args[1])
        low, mode, high = self.args
        split = (mode - low) / (high - low)
        rising = low + np.sqrt(u * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
        return np.where(u < split, rising, falling)


@dataclass(frozen=True)
class Space:
    """The uncertain parameters of a scenario.

    Attributes
    ----------
    priors
        Parameter name to its prior.
    posterior
        Joint draws that take the place of the priors of ``posterior_names``: float64[draws, names].
    """

    priors: Mapping[str, Prior] = field(default_factory=dict)
    posterior_names: tuple[str, ...] = ()
    posterior: np.ndarray | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Uncertain parameters, priors first."""
        return tuple(self.priors) + self.posterior_names

    def without(self, fixed: frozenset[str]) -> Space:
        """The space that is left when ``fixed`` parameters are known."""
        priors = {name: prior for name, prior in self.priors.items() if name not in fixed}
        keep = [position for position, name in enumerate(self.posterior_names) if name not in fixed]
        if self.posterior is None or not keep:
            return Space(priors)
        return Space(priors, tuple(self.posterior_names[i] for i in keep), self.posterior[:, keep])

    def draw(self, schema: Schema, base: np.ndarray, replicates: np.ndarray, seed: int) -> np.ndarray:
        """Parameter vectors of ``replicates``: float64[n, P], ``base`` where nothing is uncertain."""
        values = np.repeat(base[None, :], len(replicates), axis=0)
        for name, prior in self.priors.items():
            u = streams.uniforms(seed, replicates, zlib.crc32(name.encode()), streams.PRIOR)
            values[:, schema.index(name)] = prior.quantile(u)
        if self.posterior is not None and len(self.posterior_names):
            u = streams.uniforms(seed, replicates, 0, streams.POSTERIOR)
            rows = np.minimum((u * len(self.posterior)).astype(int), len(self.posterior) - 1)
            columns = [schema.index(name) for name in self.posterior_names]
            values[:, columns] = self.posterior[rows]
        for name in self.names:
            parameter = schema[name]
            if parameter.kind == "int":
                values[:, schema.index(name)] = np.rint(values[:, schema.index(name)])
        return values
