#!/usr/bin/python
DOCUMENTATION = '''
module: pump
short_description: Moves water
description:
  - Moves water with the C(pump) of a pond.
options:
  litres:
    description: How much water is moved. Never more than the pond has.
    type: int
    required: true
  way:
    description: Where to.
    choices: [up, down]
'''
EXAMPLES = '''
- name: Fill the pond
  acme.pond.pump:
    litres: 20
'''
RETURN = ''
