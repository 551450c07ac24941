rule Persistence_LNK_Runs_Interpreter {
  meta:
    description = "A Windows shortcut that runs a script interpreter with a download or an encoded command"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1547/009/"
    severity = "high"
  strings:
    $interpreter = /(powershell|mshta|wscript|cscript|cmd)\.exe/ nocase ascii wide
    $download = /(DownloadString|DownloadFile|Invoke-WebRequest|-urlcache|bitsadmin|FromBase64String)/ nocase ascii wide
    $encoded = /-e(c|nc|ncodedcommand)?\s{1,4}[A-Za-z0-9+\/]{40}/ nocase ascii wide
    $url = /https?:\/\/[\w.\-]{4,80}\// nocase ascii wide
  condition:
    uint32(0) == 0x0000004c and uint32(4) == 0x00021401 and filesize < 1MB and
    $interpreter and ($download or $encoded or ($url and #interpreter > 1))
}

rule Persistence_Cron_Download {
  meta:
    description = "A crontab line that fetches something and hands it to a shell"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1053/003/"
    severity = "high"
  strings:
    $line = /(^|\n|["'(])\s{0,4}(@(hourly|daily|reboot)|([\d*\/,\-]{1,8}\s{1,4}){5})\s{0,4}(root\s{1,4})?[^\n]{0,40}\b(curl|wget)\s[^\n|]{4,200}\|\s{0,4}(ba)?sh\b/
  condition:
    filesize < 256KB and $line
}

rule Persistence_Systemd_Unit_From_Temp {
  meta:
    description = "A systemd unit that keeps alive a program in a folder that all may write to"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1543/002/"
    severity = "high"
  strings:
    $service = "[Service]"
    $exec = /\nExecStart\s{0,2}=\s{0,2}[-@:+!]{0,2}(\/bin\/(ba)?sh\s{1,4}(-c\s{1,4})?["']?)?(\/tmp\/|\/var\/tmp\/|\/dev\/shm\/)[\w.\-\/]{1,80}/
    $restart = /\nRestart\s{0,2}=\s{0,2}always/
    $install = "[Install]"
  condition:
    filesize < 16KB and all of them
}

rule Persistence_SSH_Key_Append {
  meta:
    description = "A script that adds a key to authorized_keys and covers the tracks of the session"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1098/004/"
    severity = "medium"
  strings:
    $key = /echo\s{1,4}["']?ssh-(rsa|ed25519)\s{1,4}[A-Za-z0-9+\/=]{40}/
    $append = />>\s{0,4}[^\n]{0,60}authorized_keys/
    $history = /(history\s{1,4}-c|unset\s{1,4}HISTFILE|HISTFILE=\/dev\/null|>\s{0,2}~?\/?[\w\/.]{0,40}\.bash_history)/
    $immutable = /chattr\s{1,4}[-+][aiu]{1,4}\s[^\n]{0,60}(authorized_keys|\.ssh)/
  condition:
    filesize < 256KB and $key and $append and ($history or $immutable)
}
