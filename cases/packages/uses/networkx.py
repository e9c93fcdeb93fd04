# wheels: networkx
import networkx as nx

graph = nx.Graph()
graph.add_weighted_edges_from([("a", "b", 4), ("a", "c", 2), ("c", "b", 1), ("b", "d", 5), ("c", "d", 8), ("d", "e", 3)])
print(nx.shortest_path(graph, "a", "e", weight="weight"), nx.dijkstra_path_length(graph, "a", "e"))
print(sorted(nx.minimum_spanning_tree(graph).edges(data="weight")))
print(nx.is_connected(graph), nx.diameter(graph), sorted(map(sorted, nx.biconnected_components(graph))))
print({node: round(value, 4) for node, value in nx.betweenness_centrality(graph).items()})
flow = nx.DiGraph()
flow.add_edge("s", "a", capacity=3)
flow.add_edge("s", "b", capacity=2)
flow.add_edge("a", "t", capacity=2)
flow.add_edge("b", "t", capacity=3)
flow.add_edge("a", "b", capacity=1)
print(nx.maximum_flow_value(flow, "s", "t"))
print(list(nx.topological_sort(nx.DiGraph([(1, 2), (1, 3), (2, 4), (3, 4)]))))
print(nx.to_dict_of_lists(nx.petersen_graph())[0])
try:
    nx.shortest_path(nx.Graph([(1, 2), (3, 4)]), 1, 4)
except nx.NetworkXNoPath as error:
    print(error)
