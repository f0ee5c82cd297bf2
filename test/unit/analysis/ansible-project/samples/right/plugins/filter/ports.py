def to_ports(listeners):
    return [listener["port"] for listener in listeners]


class FilterModule:
    def filters(self):
        return {"to_ports": to_ports}
