"""The names that the parts of a paper carry, by language: what an abstract, a list of keywords or references is called.

Each tuple holds alternatives of a regular expression, to be matched without regard to case.
"""

from __future__ import annotations

from collections.abc import Mapping

Names = Mapping[str, tuple[str, ...]]

ABSTRACT: Names = {
    "en": (r"a ?b ?s ?t ?r ?a ?c ?t", "summary"), "de": ("zusammenfassung", "kurzfassung"), "fr": ("résumé",), "es": ("resumen",),
    "pt": ("resumo",), "zh": ("摘 ?要", "内容提要"),
}  # fmt: skip
KEYWORDS: Names = {
    "en": (r"(?:(?:author|additional) )?key ?-?words(?: and phrases)?", "index terms"), "de": ("schlüsselwörter", "schlagwörter", "stichwörter"),
    "fr": ("mots[- ]cl(?:é|ef)s",), "es": ("palabras clave",), "pt": ("palavras[- ]chave",), "zh": ("关键词", "关键字", "主题词"),
}  # fmt: skip
REFERENCES: Names = {
    "en": ("references?", "bibliography", "literature cited", "literature", "works cited", "references and notes", "cited references"),
    "de": ("literatur", "literaturverzeichnis", "quellen", "quellenverzeichnis"), "fr": ("références", "bibliographie"),
    "es": ("referencias", "bibliografía"), "pt": ("referências", "bibliografia"), "zh": ("参考文献", "引用文献"),
}  # fmt: skip
CONTENTS: Names = {
    "en": ("contents", "table of contents", "list of (?:figures|tables|algorithms)"), "fr": ("table des matières", "sommaire"),
    "de": ("inhalt", "inhaltsverzeichnis", "(?:abbildungs|tabellen)verzeichnis"), "es": ("índice", "contenido"), "zh": ("目 ?[录次]",),
    "pt": ("sumário",), "it": ("indice",), "ru": ("содержание", "оглавление"), "cs": ("obsah",), "pl": ("spis treści",),
}  # fmt: skip
ACKNOWLEDGEMENTS: Names = {
    "en": ("acknowled?ge?m?ents?",),
    "de": ("danksagung",),
    "fr": ("remerciements",),
    "es": ("agradecimientos",),
    "zh": ("致 ?谢",),
}
APPENDIX: Names = {"en": ("appendix", "appendices"), "de": ("anhang",), "fr": ("annexes?",), "es": ("apéndice",), "zh": ("附 ?录",)}
SECTIONS: Names = {
    "en": (
        "introduction", "related works?", "background", "preliminaries", "methods?", "methodology", "materials and methods", "experiments?",
        "results?", "results and discussion", "discussions?", "conclusions?", "conclusions? and .{4,30}", "concluding remarks", "summary",
    ),
    "de": (
        "einleitung", "einführung", "grundlagen", "stand der (?:forschung|technik)", "verwandte arbeiten", "methoden?", "methodik", "ergebnisse",
        "diskussion", "zusammenfassung(?: und .{4,30})?", "fazit", "schlussfolgerung(?:en)?", "ausblick",
    ),
    "fr": ("méthodes?", "résultats", "résultats et discussion"),
    "es": ("introducción", "métodos?", "materiales y métodos", "resultados", "discusión", "conclusi(?:ón|ones)"),
    "zh": (
        "引 ?言", "绪 ?论", "前 ?言", "简 ?介", "相关(?:工作|研究)", "(?:研究)?方法", "实验", "(?:实验|研究)?结果(?:与(?:分析|讨论))?", "讨 ?论",
        "结 ?[论语]", "结束语", "总 ?结",
    ),
}  # fmt: skip
CHAPTERS: Names = {"en": ("chapter", "section"), "de": ("kapitel", "abschnitt"), "fr": ("chapitre",), "es": ("capítulo",)}


def any_of(*names: Names) -> str:
    """Return the alternatives of all *names* in all languages, joined for a regular expression."""
    return "|".join(alternative for kind in names for languages in kind.values() for alternative in languages)
