class LookupModule:
    pass
