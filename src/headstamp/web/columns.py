"""Which fields the table of each kind shows beside the record's label, under which heading."""

from __future__ import annotations

# A field's own title is a question for a form; where it is long the table has a short one.
SHORT: dict[str, str] = {
    "quantity": "Quantity", "parent": "Part of", "site": "Site", "recovered_on": "Found",
    "country": "Country", "happened_on": "When", "held_on": "When", "from_party": "From",
    "to_party": "To", "lawful_status": "Lawful", "document_kind": "Kind", "number": "Number",
    "issuer": "Issuer", "issued_on": "Dated", "method": "How", "reader": "By",
    "certainty": "Sure, %", "meaning": "Meaning", "items": "Items", "taken_on": "Taken",
    "generation": "Copy", "act": "Act", "mime": "File", "item": "Item", "marking": "Marking",
    "technique": "Applied", "position": "Position", "documented_on": "Documented",
    "armed_group": "Group", "default_tier": "Tier", "hours": "Hours", "conditions": "Weather",
    "activities": "Activities", "controller": "Held by", "from_site": "From", "to_site": "To",
    "flow_kind": "Sort", "status": "Status", "addressee": "To", "request": "Request",
    "received_on": "Received", "restrictions": "Limits", "transfers": "Transfers",
    "total": "A sum", "area": "Area", "what": "Counted", "count": "How many", "about": "About",
    "reference_kind": "Kind", "maker": "Whose", "seat": "Town or works", "used_from": "From",
    "used_to": "To", "products": "On what", "doubt": "Doubt",
    "acknowledged_on": "Acknowledged", "due_on": "Due", "owner": "Owner",
}
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
    "custody": ("item", "act", "from_party", "to_party", "held_on", "lawful_status"),
    "trace_request": ("addressee", "status", "sent_on", "acknowledged_on", "due_on", "items"),
    "trace_reply": ("request", "received_on", "restrictions", "transfers"),
    "finding": ("status", "probability", "confidence", "items"),
    "note": ("about",),
    "reference": ("reference_kind", "maker", "country", "used_from", "used_to", "products",
                  "meaning", "doubt"),
    "device": ("device_role", "device_state", "holder", "good_until", "lost_at"),
    "bundle": ("device", "direction", "bundle_state", "first", "size", "records", "packed_at"),
    "erasure": ("record", "fields", "erasure_ground", "erasure_state", "requested_on"),
    "witness": ("witness_kind", "size", "witnessed_at"),
    "tally": ("what", "family", "count", "period", "area", "method", "total"),
}
