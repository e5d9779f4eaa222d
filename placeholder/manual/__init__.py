"""The service told to programs: tables that say what each address takes and answers, and the documents made of them.

    model       what the tables are made of
    grammar     values of parameters as JSON Schema; held against the parsers by test
    drawings    a chapter for each drawing of the catalogue
    refusals    a sentence for each refusal
    schemas     the JSON bodies
    answers     a response for each status, and its headers
    pages       the other addresses that are asked by GET
    imagining   the addresses of jobs
    operating   the addresses for whoever runs the service
    openapi     /openapi.json
    llms        /llms.txt
    html        /docs

Lists that stand in code (sizes, glyphs, formats, codes) are taken from there. Pure; whoever serves the documents keeps them.
"""
