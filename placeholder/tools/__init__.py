"""The service as tools for language models, over the Model Context Protocol and its official SDK (the extra `mcp`).

    compose     a drawing, a size, a format and options -> a picture and its address; pure
    lists       what may be chosen from
    remote      a running service: submit, and how a job stands
    server      the tools

Imported by its command alone (cli/mcp.py), so that nobody else waits for the SDK.
"""
