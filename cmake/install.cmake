# SPDX-License-Identifier: BSD-3-Clause
# What `make install` puts where. The program goes by two names: called xhpl it behaves like the
# HPL executable that scripts expect.

if(TARGET panache)
  add_custom_command(TARGET panache POST_BUILD BYPRODUCTS ${PROJECT_BINARY_DIR}/xhpl
                     COMMAND ${CMAKE_COMMAND} -E create_symlink panache ${PROJECT_BINARY_DIR}/xhpl)
  install(TARGETS panache RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES ${PROJECT_BINARY_DIR}/xhpl DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
file(GLOB documents CONFIGURE_DEPENDS docs/*.md docs/*.svg)
install(FILES ${documents} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY machines DESTINATION ${CMAKE_INSTALL_DATADIR}/panache FILES_MATCHING PATTERN *.yaml)
install(FILES docs/panache.1 docs/xhpl.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
# Where bash, zsh and fish look for what packages bring.
install(FILES tools/completion.bash RENAME panache
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES tools/completion.zsh RENAME _panache
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES tools/completion.fish RENAME panache.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

add_custom_target(uninstall COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR}
                                    -P ${PROJECT_SOURCE_DIR}/cmake/uninstall.cmake)
