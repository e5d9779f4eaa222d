"""Which prompts we refuse to have painted: the rules of a data file, held against the words of a prompt.

    file   = { "about": text, "lists": { name: [ phrase … ] }, "rules": [ rule … ] }
    rule   = { "id", "category", "note"?, "any"?: [ phrase … ], "all"?: [ [ phrase … ] … ], "unless"?: [ phrase … ] }
    phrase = 1*8 word, separated by spaces
    word   = letters and digits         that word
           / 4*letter "*"               that word with up to three more letters
           / "<18" *letter [ "*" ]      a whole number below 18, and what is written on to it: 9, 12yo
           / "@" name                   each phrase of that list in turn; a list may name the lists before it

- A rule hits when `any` and each group of `all` have a phrase in the prompt that counts. The first rule that hits is the
  verdict: the gravest stand first.
- An `unless` phrase saves the words that it covers, nothing else: a phrase does not count where one `unless` phrase of its
  rule covers all of its words. "nude lipstick" saves that "nude" and no other, so no word added to a prompt is a pass.
- Phrases match whole words in order. Prompt and phrases are compared as `normalised` leaves them.
- A word of the prompt has further readings, each beside the plain one and only where it gives a word that the rules know:
    digits and signs as letters    p0rn, n@ked, $ex; two letters at least, so that "5s" stays what it is
    pieces joined                  nu.de, na-ked; four letters at least, no space within
    single letters joined          "n u d e", n.u.d.e; four letters at least, or three that stand alone
    stretched letters              nuuude: three alike and more are one or two; nnuuddee: all doubled are single
    a number below 18              its own word "<18"
- Accents are dropped, so a word may read as one of another tongue: gøre as gore, râpé as rape. Such words belong into an
  `all` beside words of their own tongue, not into an `any`.
- What this cannot see: meaning, misspellings, words run together, tongues that the file does not know. It is the first
  sieve; the provider's own check of the picture is the second.

No step looks further than a phrase or a word is long: the time is linear in the prompt. Nothing here keeps a prompt.
"""

from placeholder.jobs.screening.folding import normalised
from placeholder.jobs.screening.rules import Verdict
from placeholder.jobs.screening.screen import Screen

__all__ = ["Screen", "Verdict", "normalised"]
