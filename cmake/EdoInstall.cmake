# What `cmake --install` puts where: headers, the library, a CMake package and a pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS edo EXPORT edoTargets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
        INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
if(TARGET edo_test)
  install(TARGETS edo_test EXPORT edoTestTargets
          ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
          LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
          INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/edo" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.hpp")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/edo"
        OPTIONAL)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/edo")
install(EXPORT edoTargets NAMESPACE edo:: DESTINATION "${package_dir}")
if(TARGET edo_test)
  install(EXPORT edoTestTargets NAMESPACE edo:: DESTINATION "${package_dir}")
endif()
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/edoConfig.cmake.in"
                              "${PROJECT_BINARY_DIR}/edoConfig.cmake"
                              INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/edoConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/edoConfig.cmake"
              "${PROJECT_BINARY_DIR}/edoConfigVersion.cmake"
        DESTINATION "${package_dir}")

# What a program that finds edo through pkg-config must define: the flavour of the library.
set(EDO_PC_CFLAGS "")
if(EDO_CHECKED)
  string(APPEND EDO_PC_CFLAGS " -DEDO_CHECKED=1")
endif()
if(BUILD_SHARED_LIBS)
  string(APPEND EDO_PC_CFLAGS " -DEDO_SHARED=1")
endif()
# edo.pc says where things are from its own place, so the installed tree may be moved. What an
# absolute CMAKE_INSTALL_..DIR puts outside the prefix stays where it is.
set(EDO_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  file(RELATIVE_PATH up "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(EDO_PC_PREFIX "\${pcfiledir}/${up}")
endif()
foreach(dir IN ITEMS LIBDIR INCLUDEDIR)
  set(EDO_PC_${dir} "${CMAKE_INSTALL_${dir}}")
  if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_${dir}}")
    set(EDO_PC_${dir} "\${prefix}/${CMAKE_INSTALL_${dir}}")
  endif()
endforeach()
configure_file("${PROJECT_SOURCE_DIR}/cmake/edo.pc.in" "${PROJECT_BINARY_DIR}/edo.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/edo.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
