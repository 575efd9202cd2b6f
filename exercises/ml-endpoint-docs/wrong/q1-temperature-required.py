# loses: 1
# message: A parcel without a temperature is not a bad one, and one that has it is better with it.
# public: passes
def request_fields():
    return {
        "dist": {"meaning": "distance", "type": "number", "unit": "km", "minimum": 0.5, "maximum": 400},
        "wgt": {"meaning": "weight", "type": "integer", "unit": "g", "minimum": 20, "maximum": 31500},
        "lvl": {"meaning": "speed", "enum": {"S": "standard", "X": "express"}},
        "temp": {"meaning": "temperature", "type": "number", "unit": "degC"},
    }
