class FilterModule:
    def filters(self):
        return {'to_pins': int}
