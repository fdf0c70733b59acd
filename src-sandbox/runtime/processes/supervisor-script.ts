/**
 * The program of a kernel's supervisor: a plain shell script that waits for its stdin to close (the sandbox ended, in
 * whatever way, or asked for the end) and then ends every process of the kernel and deletes its folders. A shell and not
 * Node, because inside Electron `process.execPath` cannot run scripts, and a string because the bundle has no file of it.
 */

/**
 * Arguments: kernel id, then the folders to delete. Stdin: lines `pid:start pid:start ...`, each replacing the list of
 * processes known to belong to the kernel; needed for those that emptied their environment and left the tree.
 *
 * Membership = marker variable in the environment, or listed, or child of a member, or in a session or process group that a
 * member leads. Start times guard against process ids that were given out again.
 */
export const supervisorScript = `
trap '' INT HUP TERM QUIT PIPE TSTP TTIN TTOU
kernel=$1; shift
listed=''
while IFS= read -r line; do listed=$line; done

facts_linux() {
  printf 'T %s\\n' "$listed"
  grep -lsF -- "BACKENDAI_KERNEL_ID=$kernel" /proc/[0-9]*/environ | sed 's#^/proc/\\([0-9]*\\)/.*#M \\1#'
  cat /proc/[0-9]*/stat 2>/dev/null |
    sed -n 's/^\\([0-9]*\\) (.*) \\([A-Za-z]\\) \\([0-9-]*\\) \\([0-9-]*\\) \\([0-9-]*\\) \\(.*\\)$/P \\1 \\2 \\3 \\4 \\5 \\6/p' |
    cut -d' ' -f1-6,22
}
facts_ps() {
  printf 'T %s\\n' "$listed"
  ps -axEww -o pid= -o command= | awk -v id="$kernel" 'index($0, "BACKENDAI_KERNEL_ID=" id) { print "M", $1 }'
  ps -axww -o pid= -o state= -o ppid= -o pgid= -o lstart= |
    awk '{ print "P", $1, substr($2, 1, 1), $3, $4, 0, $5 "_" $6 "_" $7 "_" $8 "_" $9 }'
}
members() {
  if [ -r /proc/self/stat ]; then facts_linux; else facts_ps; fi | awk -v self=$$ '
    $1 == "T" { for (i = 2; i <= NF; i++) listed[$i] = 1 }
    $1 == "M" { member[$2] = 1 }
    $1 == "P" && $3 != "Z" && $3 != "X" {
      parent[$2] = $4; group[$2] = $5; session[$2] = $6
      if (($2 ":" $7) in listed) member[$2] = 1
    }
    END {
      delete member[self]; delete member[1]; delete member[0]
      do {
        grown = 0
        for (p in parent)
          if (!(p in member) && p != self && p > 1 &&
              ((parent[p] in member) || (group[p] in member) || (session[p] in member))) { member[p] = 1; grown = 1 }
      } while (grown)
      for (p in member) if (p in parent) printf "%s ", p
    }'
}

round=0; quiet=0
while [ $round -lt 400 ]; do
  pids=$(members)
  if [ -z "$pids" ]; then
    quiet=$((quiet + 1))
    [ $quiet -ge 2 ] && break
  else
    quiet=0
    if [ $round -eq 0 ]; then kill -HUP $pids; kill -TERM $pids; kill -CONT $pids; fi
    if [ $round -ge 8 ]; then kill -KILL $pids; fi
  fi 2>/dev/null
  round=$((round + 1))
  sleep 0.05
done

cd /
for folder in "$@"; do
  # rm never follows a symbolic link below its argument, so folders that were mounted stay.
  rm -rf -- "$folder" 2>/dev/null && continue
  find "$folder" -type d -exec chmod u+rwx {} + 2>/dev/null
  rm -rf -- "$folder" || echo "could not delete $folder" >&2
done
[ $quiet -ge 2 ]
`;
