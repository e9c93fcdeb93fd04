import resource
