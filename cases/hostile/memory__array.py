import array

array.array("d", [0]) * 2**28
