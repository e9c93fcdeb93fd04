import pyodide
