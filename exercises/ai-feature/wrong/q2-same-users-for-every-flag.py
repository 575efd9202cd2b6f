# loses: 2
# message: Users are not where the rule puts them: SHA-256, 8 digits, divided by 16 ** 8.
# public: passes
import hashlib


def is_on(flag, user, share):
    return int(hashlib.sha256(user.encode()).hexdigest()[:8], 16) / 16**8 < share
