# loses: 2
# message: Too many harmless messages are blocked (or nothing is blocked at all): look at what each word aims at.
# public: fails
import re


def risk(text):
    words = "ignore|forget|disregard|override|bypass|instructions|rules|prompt|password|act as|all|every|pretend"
    words += "|another|you are|lines|secret|without|developer"
    return len(re.findall(words, text))


THRESHOLD = 1
