#!/bin/sh
# A program is killed half-way, goes on in another process, is forked, and runs again from its journal.
# Usage: demo.sh [EXUVIA], from the folder that this file is in.
exuvia=${1:-exuvia}
session=harvest-$$

"$exuvia" run --session "$session" harvest.py &
program=$!
while ! "$exuvia" session show "$session" 2>/dev/null | grep -q 'field  3'; do :; done
kill -9 "$program"
wait "$program" 2>/dev/null

echo '-- resume: it goes on where it was'
"$exuvia" resume "$session" || exit

echo '-- fork: what it left behind, in a session of its own'
echo 'print(len(ledger), "fields;", open("/tmp/ledger.json").read()[:10], "...")' |
    "$exuvia" fork "$session" --at 1 --name "$session-fork" || exit

echo '-- replay: all of it again, compared with the journal'
"$exuvia" replay "$session" || exit
"$exuvia" replay "$session-fork" --quiet || exit
"$exuvia" session verify "$session" "$session-fork" || exit
