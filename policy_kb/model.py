"""What every catalogue model shares: unknown keys are errors, values never change after loading."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from policy_kb import amount_texts


class Model(BaseModel):
    """Base of all catalogue models."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _number(value: Any) -> Any:
    return amount_texts.parse_number(value) if isinstance(value, str) else value


Number = Annotated[Decimal, BeforeValidator(_number)]
"""Exact number written 30万元, 1500元, 90%, 2‰ or 300."""
