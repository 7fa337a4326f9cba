"""Which fields the table of each kind shows beside the record's label."""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, ...]] = {
    "mission": ("held_on", "legal_basis", "default_tier"),
    "visit": ("site", "mission", "held_on", "hours", "conditions"),
    "site": ("site_kind", "present_use", "former_use", "activities", "place", "controller"),
    "flow": ("from_site", "to_site", "flow_kind", "happened_on", "quantity"),
    "recovery": ("manner", "site", "recovered_on", "documented_on", "armed_group"),
    "item": ("family", "item_type", "country", "quantity", "parent", "site", "recovered_on"),
    "marking": ("item", "marking_kind", "state", "position", "technique"),
    "reading": ("marking", "method", "reader", "scheme", "meaning", "certainty"),
    "photograph": ("items", "site", "view", "taken_on", "mime", "generation"),
    "document": ("document_kind", "number", "issuer", "issued_on", "languages", "licence"),
    "party": ("party_kind", "country", "roles", "identifiers", "owner"),
    "transfer": ("transfer_kind", "from_party", "to_party", "happened_on", "quantity",
                 "lawful_status"),
    "custody": ("item", "from_party", "to_party", "held_on", "lawful_status"),
    "trace_request": ("addressee", "status", "sent_on", "acknowledged_on", "due_on", "items"),
    "trace_reply": ("request", "received_on", "restrictions", "transfers"),
    "finding": ("status", "probability", "confidence", "items"),
    "note": ("about",),
    "tally": ("what", "family", "count", "period", "area", "method", "total"),
}
