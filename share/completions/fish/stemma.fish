# Completion of stemma for fish: "stemma complete" knows the words.
function __stemma_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (command $words[1] complete -- $words[2..-1] 2>/dev/null)
    if test (count $found) -eq 0
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $found
    end
end
complete -c stemma -f -a '(__stemma_complete)'
