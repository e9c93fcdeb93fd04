import _pyodide
