"""Who may do what: roles and callers, accounts with their passwords, sessions and keys, and limits."""

from __future__ import annotations

from assistant.access.accounts import Access
from assistant.access.callers import ANONYMOUS, OWNER, PERMISSIONS, ROLES, Caller, Permission, Role

__all__ = ["ANONYMOUS", "OWNER", "PERMISSIONS", "ROLES", "Access", "Caller", "Permission", "Role"]
