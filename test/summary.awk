# What `make test` shows of bun's output: one line for each file that passes, everything of one that
# does not. Bun prints each file's results below a line with its path.
function flush_file() {
  if (file == "") return
  if (failed || passed == 0) printf "%s", text
  else printf "%s %d passed%s\n", file, passed, (skipped ? ", " skipped " skipped" : "")
  file = ""; text = ""; passed = failed = skipped = 0
}
/^[^ ()].*\.(test|e2e)\.ts:$/ { flush_file(); file = $0; text = $0 "\n"; next }
/^ *[0-9]+ (pass|fail|skip)$/ || /^[0-9]+ tests failed:$/ || /^Ran [0-9]+ tests/ { flush_file() }
file == "" { print; fflush(); next }
/^\(pass\)/ { passed++ }
/^\(fail\)/ { failed++ }
/^\(skip\)/ { skipped++ }
/^error:/ { failed++ }
{ text = text $0 "\n" }
END { flush_file() }
