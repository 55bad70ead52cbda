"""Everything that a generated package says, before it is printed."""

from .outline import PackagePlan
from .package import plan_package

__all__ = ["PackagePlan", "plan_package"]
