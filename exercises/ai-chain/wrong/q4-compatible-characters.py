# loses: 1
# message: The same meaning gets two texts, or two get one: accents (NFC), whole numbers, true beside 1.
# public: passes
import json
import unicodedata


def canonical(ticket):
    tidy = {}
    for name, value in ticket.items():
        if isinstance(value, str):
            value = " ".join(unicodedata.normalize("NFKC", value).split())
        elif isinstance(value, float) and value.is_integer():
            value = int(value)
        tidy[name] = value
    return json.dumps(tidy, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
