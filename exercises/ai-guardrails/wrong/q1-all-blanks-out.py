# loses: 1
# message: Runs of single letters are off: four or more, one separator, nothing attached.
# public: passes
import re
import unicodedata


def normalised(text):
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf").casefold()
    text = re.sub(r"\b(?:[a-z][ .*_-]){2,}[a-z]\b", lambda m: re.sub("[^a-z]", "", m[0]), text)
    return " ".join(text.split())
