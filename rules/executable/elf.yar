import "elf"
import "math"

private rule Is_ELF {
  condition:
    uint32(0) == 0x464c457f
}

rule Executable_ELF_Tiny_Writable_Code {
  meta:
    description = "A tiny program without sections, in one segment that may be read, written and run: a stager"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1104/"
    severity = "high"
  condition:
    Is_ELF and filesize < 4KB and elf.type == elf.ET_EXEC and elf.sections.len() == 0 and
    for any segment in elf.segments : (
      segment.type == elf.PT_LOAD and segment.flags & 7 == 7
    )
}

rule Executable_ELF_UPX_Tampered {
  meta:
    description = "A program packed by UPX whose marks were taken away, so that the unpacker refuses it"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1027/002/"
    severity = "high"
  strings:
    $copyright = "$Info: This file is packed with the UPX executable packer"
    $magic = "UPX!"
  condition:
    Is_ELF and filesize < 30MB and elf.sections.len() == 0 and (
      ($copyright and not $magic) or
      (
        not $magic and math.entropy(0, filesize) > 7.5 and
        for any segment in elf.segments : (segment.type == elf.PT_LOAD and segment.flags & 7 == 7)
      )
    )
}

rule Executable_ELF_Preload_Rootkit {
  meta:
    description = "A shared object that hides files and processes by replacing functions of the C library"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1574/006/"
    severity = "critical"
  strings:
    $preload = "/etc/ld.so.preload"
    $next = "dlsym"
    $hook1 = "readdir64"
    $hook2 = "readdir" fullword
    $hook3 = "fopen64"
    $hook4 = "__xstat"
    $hook5 = "lstat"
    $hook6 = "unlinkat"
    $hook7 = "pam_authenticate"
    $hook8 = "accept"
    $target1 = "/proc/self/fd/%d"
    $target2 = "/proc/net/tcp"
    $target3 = "/proc/%s/"
    $shell = /\/bin\/(ba)?sh/
  condition:
    Is_ELF and filesize < 1MB and elf.type == elf.ET_DYN and $preload and $next and 4 of ($hook*) and any of ($target*) and $shell
}

rule Executable_ELF_IoT_Botnet_Strings {
  meta:
    description = "A program with the texts of bots of the Mirai and Gafgyt families"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/software/S1183/"
    severity = "critical"
  strings:
    $flood1 = "UDPFLOOD" nocase
    $flood2 = "SYNFLOOD" nocase
    $flood3 = "HTTPFLOOD" nocase
    $flood4 = "TCPFLOOD" nocase
    $flood5 = "!* SCANNER ON"
    $flood6 = "LOLNOGTFO"
    $busybox = /\/bin\/busybox [A-Z]{4,12}\b/
    $watchdog = "/dev/watchdog"
    $watchdog2 = "/dev/misc/watchdog"
    $telnet = "enable\x00system\x00shell\x00sh\x00"
    $password = "xc3511"
  condition:
    Is_ELF and filesize < 2MB and (3 of ($flood*) or ($busybox and $watchdog2 and $watchdog and ($telnet or $password or any of ($flood*))))
}
