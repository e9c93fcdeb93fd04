class Node:
    pass


head = None
for _ in range(500000):
    node = Node()
    node.next = head
    head = node
del head, node
print("freed")
