import io
import unittest
from unittest import mock


class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print("setUpClass")

    def setUp(self):
        self.addCleanup(print, "cleanup", self._testMethodName)

    def test_pass(self):
        self.assertEqual(1, 1)
        self.assertAlmostEqual(0.1 + 0.2, 0.3)
        with self.assertRaises(ValueError) as cm:
            int("x")
        self.assertIn("invalid literal", str(cm.exception))

    def test_fail(self):
        self.assertEqual([1, 2, 3], [1, 4, 3], "message")

    def test_error(self):
        raise KeyError("k")

    @unittest.skip("reason")
    def test_skip(self): ...

    @unittest.expectedFailure
    def test_expected(self):
        self.fail("x")

    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertNotEqual(i, 1)

    def test_logs(self):
        import logging

        with self.assertLogs("x", "INFO") as logs:
            logging.getLogger("x").info("hi")
        print(logs.output)


r = unittest.TestResult()
unittest.defaultTestLoader.loadTestsFromTestCase(T).run(r)
print(r.testsRun, len(r.failures), len(r.errors), len(r.skipped), len(r.expectedFailures), r.wasSuccessful())
for t, trace in r.failures + r.errors:
    print(t.id(), trace.splitlines()[-8:][-1])
out = io.StringIO()
unittest.TextTestRunner(out, verbosity=2).run(unittest.TestSuite([T("test_pass"), T("test_skip")]))
print([l for l in out.getvalue().splitlines() if l and "Ran" not in l and "---" not in l])
t = unittest.TestCase()
t.maxDiff = None
for check in [lambda: t.assertEqual("a\nb\n", "a\nc\n"), lambda: t.assertDictEqual({"a": 1}, {"a": 2}), lambda: t.assertTrue(0), lambda: t.assertIsNone(5), lambda: t.assertRegex("abc", "z"), lambda: t.assertCountEqual([1, 2], [2, 3]), lambda: t.assertGreater(1, 2), lambda: t.assertIsInstance(1, str), lambda: t.assertRaises(KeyError, int, "5"), lambda: t.assertIs([], []), lambda: t.assertHasAttr(5, "zz"), lambda: t.assertStartsWith("abc", "z")]:
    try:
        check()
    except AssertionError as error:
        print(error)
