# Completion of cnnselect's commands, options and values in fish: it asks the program what fits.

function __cnnselect_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (command $words[1] complete $words[2..-1] 2>/dev/null)
    string join \n -- $lines[2..-1]
    switch "$lines[1]"
        case files
            __fish_complete_path (commandline -ct)
        case folders
            __fish_complete_directories (commandline -ct)
    end
end
complete -c cnnselect -f -a '(__cnnselect_complete)'
