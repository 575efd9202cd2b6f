# loses: 3
# message: The service answers 200 and the forecast is wrong: look at units, at texts, and for a field left out.
# public: passes
def request_fields():
    return {
        "dist": {"meaning": "distance", "type": "number", "unit": "km", "minimum": 0.5, "maximum": 400},
        "wgt": {"meaning": "weight", "type": "integer", "unit": "kg"},
        "lvl": {"meaning": "speed", "enum": {"S": "standard", "X": "express"}},
        "temp": {"meaning": "temperature", "type": "number", "unit": "degC", "required": False},
    }
