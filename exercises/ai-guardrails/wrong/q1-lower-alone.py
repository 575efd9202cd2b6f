# loses: 1
# message: Invisible or unusual characters are left: NFKC, category Cf, casefold.
# public: passes
import re
import unicodedata


def normalised(text):
    text = unicodedata.normalize("NFKC", text).lower()
    alone = r"(?<![^\W_])[^\W\d_](?:[ .\-_*][^\W\d_]){3,}(?![^\W_])"
    return " ".join(re.sub(alone, lambda match: match[0][::2], text).split())
