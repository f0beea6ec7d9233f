"""What a request of the page holds, read with care; and its answer as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from experiments.explorer.state import State
from experiments.kit.errors import UserError

LARGEST = 2_000_000
"""Bytes of a request at most."""
DIGITS = 5
"""Significant digits of the numbers of an answer."""
M = TypeVar("M", bound=BaseModel)


def state_of(request: Request) -> State:
    """What the server looks at."""
    found: State = request.app.state.explorer
    return found


async def body_of(request: Request, model: type[M]) -> M:
    """The body of a request, checked.

    Raises
    ------
    UserError
        If it is too large or is no such thing; names the key.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise UserError(f"the page asked for too much at once; allowed: {LARGEST:,} bytes")
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(key) for key in first["loc"]) or "request"
        raise UserError(f"{where}: {first['msg']}") from None


def posted(path: str, model: type[M], work: Callable[[State, M], Any]) -> Route:
    """A question of the page: its body is checked, its answer is worked out beside the server and sent as JSON.

    Parameters
    ----------
    path
        Where the page asks.
    model
        What it asks with.
    work
        Makes plain data and arrays of what the server looks at and of the question.
    """

    async def answered(request: Request) -> Response:
        asked = await body_of(request, model)
        return answer(await run_in_threadpool(work, state_of(request), asked))

    return Route(path, answered, methods=["POST"])


def answer(content: Any) -> Response:
    """Plain data and arrays as JSON."""
    return Response(encoded(content), media_type="application/json")


def encoded(content: Any) -> str:
    """JSON of plain data and arrays; null for what is not a number."""
    return json.dumps(plain(content), allow_nan=False, separators=(",", ":"), ensure_ascii=False)


def plain(content: Any) -> Any:
    """Lists, mappings, texts and numbers of `DIGITS` digits; arrays become lists."""
    if isinstance(content, dict):
        return {str(key): plain(value) for key, value in content.items()}
    if isinstance(content, np.ndarray):
        return plain(content.astype(str).tolist() if content.dtype.kind == "M" else content.tolist())
    if isinstance(content, (list, tuple)):
        return [plain(value) for value in content]
    if isinstance(content, np.generic):
        return plain(content.item())
    if isinstance(content, float):
        return float(f"{content:.{DIGITS}g}") if math.isfinite(content) else None
    return content
