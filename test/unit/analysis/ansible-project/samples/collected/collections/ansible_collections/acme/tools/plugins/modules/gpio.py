DOCUMENTATION = '''
module: gpio
short_description: A pin
options:
  pin: {type: int, required: true}
'''
