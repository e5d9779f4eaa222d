"""What an operator has to know, as figures: gathered when somebody asks, out of plain counts and a few rows.

    model        what a figure is
    fresh        what was found out a moment ago is not looked for again
    process      what this process has counted: requests, pictures, calls of the provider
    jobs         what the database tells, the same in every process: jobs by phase and outcome, and what they cost
    readiness    whether all that the service stands on does its part
    gathering    all of them together
    exposition   as Prometheus reads them

Every figure of `process` carries the process's number as a label: of several workers behind one port, each scrape meets one.
"""
