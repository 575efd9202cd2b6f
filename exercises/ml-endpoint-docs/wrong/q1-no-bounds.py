# loses: 1
# message: A client sent what the model cannot know, or kept back what it can: look at both ends of both bounds.
# public: passes
def request_fields():
    return {
        "dist": {"meaning": "distance", "type": "number", "unit": "km", "required": True},
        "wgt": {"meaning": "weight", "type": "integer", "unit": "g", "required": True},
        "lvl": {"meaning": "speed", "enum": {"S": "standard", "X": "express"}, "required": True},
        "temp": {"meaning": "temperature", "type": "number", "unit": "degC", "required": False},
    }
