import pyodide_js
