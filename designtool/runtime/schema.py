"""The tables of the runtime's database. Their version stands here and nowhere else."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = 1

METADATA = MetaData()

# Moments are text in UTC with six decimals: sorted as text they are sorted by time, in every database.

facts = Table(
    "facts",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Few single values: `schema`, `clock-offset` in seconds, and `agreement-end/<digest>`, the day from which an agreement has ended."""

care_units = Table(
    "care_units",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("risk_routine", Text, nullable=False, default=""),
    Column("risk_responsible", Text, nullable=False, default=""),
)

users = Table(
    "users",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("unit", Text, ForeignKey("care_units.id"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("identity", Text, nullable=False, unique=True),
    CheckConstraint("role in ('patient', 'therapist', 'patient-administrator', 'unit-administrator')"),
)

bundles = Table(
    "bundles",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("program", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("trust", Text, nullable=False),
    Column("imported_at", Text, nullable=False),
    Column("imported_by", Text, nullable=False),
    UniqueConstraint("program", "version"),
)

activations = Table(
    "activations",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("unit", Text, ForeignKey("care_units.id"), nullable=False, index=True),
    Column("program", Text, nullable=False),
    Column("digest", Text, ForeignKey("bundles.digest"), nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("checklist", Text, nullable=False),
)
"""Of each unit and program the latest holds."""

treatments = Table(
    "treatments",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("unit", Text, ForeignKey("care_units.id"), nullable=False, index=True),
    Column("digest", Text, ForeignKey("bundles.digest"), nullable=False),
    Column("patient", Text, ForeignKey("users.id"), nullable=False, index=True),
)

treatment_staff = Table(
    "treatment_staff",
    METADATA,
    Column("treatment", Text, ForeignKey("treatments.id"), nullable=False),
    Column("user", Text, ForeignKey("users.id"), nullable=False, index=True),
    PrimaryKeyConstraint("treatment", "user"),
)
"""The therapists and patient administrators who have to do with a treatment."""

agreement_uses = Table(
    "agreement_uses",
    METADATA,
    Column("agreement", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("treatment", Text, ForeignKey("treatments.id"), nullable=False),
    PrimaryKeyConstraint("agreement", "number"),
    UniqueConstraint("agreement", "treatment"),
)
"""Treatments that were started under an agreement between regions, by its digest. Of two who take the same number, one looks again."""

events = Table(
    "events",
    METADATA,
    Column("treatment", Text, ForeignKey("treatments.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("device", Text, nullable=False, default=""),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("treatment", "number"),
)
"""The primary key is the concurrency: of two who write the same number, one is told to look again."""

audit = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("unit", Text, nullable=False, index=True),
    Column("action", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("treatment", Text, nullable=False),
    Column("patient", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

sessions = Table(
    "sessions",
    METADATA,
    Column("hash", Text, primary_key=True),
    Column("user", Text, ForeignKey("users.id"), nullable=False),
    Column("expires_at", Text, nullable=False),
)
"""By the SHA-256 of the token: who reads the database cannot sign in with what it holds."""
